const SHAPES: Record<string, string> = {
  Laptops: 'M20 20h56v36H20zM12 64h72l-4 8H16z',
  Phones: 'M34 12h28a5 5 0 0 1 5 5v62a5 5 0 0 1-5 5H34a5 5 0 0 1-5-5V17a5 5 0 0 1 5-5zM44 75h8',
  Audio: 'M20 58V48a28 28 0 0 1 56 0v10M20 56h9v22h-5a4 4 0 0 1-4-4zM76 56h-9v22h5a4 4 0 0 0 4-4z',
  Monitors: 'M12 20h72v44H12zM48 64v14M34 78h28',
  Accessories: 'M14 34h68v30H14zM24 44h4M36 44h4M48 44h4M60 44h4M72 44h1M30 55h36',
  Books: 'M18 20h24a6 6 0 0 1 6 6v52a6 6 0 0 0-6-6H18zM78 20H54a6 6 0 0 0-6 6v52a6 6 0 0 1 6-6h24z',
  Cameras: 'M14 32h18l6-9h20l6 9h18v42H14zM48 66a13 13 0 1 0 0-26 13 13 0 0 0 0 26z',
};
const PARCEL = 'M48 14l32 16v36L48 82 16 66V30zM16 30l32 16 32-16M48 46v36';

/** A picture of a product by its category, in a colour of its own. */
export function Art({ productId, category }: { productId: number; category: string }) {
  return (
    <div className="art" data-tint={productId % 6} aria-hidden="true">
      <svg viewBox="0 0 96 96">
        <path d={Object.hasOwn(SHAPES, category) ? SHAPES[category] : PARCEL} />
      </svg>
    </div>
  );
}
