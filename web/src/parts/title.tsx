/** What the page is called, on it and in the browser's tabs and history. */
export function Title({ children }: { children: string }) {
  return (
    <>
      <title>{`${children} · Holdfast`}</title>
      <h1>{children}</h1>
    </>
  );
}
