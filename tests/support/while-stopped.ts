/** Stands processes still, as SIGSTOP does, until `work` has ended, however it does. Rejects when one does not run. */
export async function whileStopped<T>(
  processes: readonly { name: string; pid: number | undefined }[],
  work: () => Promise<T>,
): Promise<T> {
  // Zero, or none, would be this very process's own group.
  const pids = processes.map(({ name, pid }) => {
    if (!pid) throw new Error(`${name} does not run`);
    return pid;
  });
  try {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return await work();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}
