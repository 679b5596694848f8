/** Whether the time of what shall be written is over, by the wall clock: that one goes on while a process is frozen. */
export function isLate(notAfterMs: number | undefined): boolean {
  return notAfterMs !== undefined && Date.now() > notAfterMs;
}

/** To be asked immediately before an effect, with nothing awaited between. @throws Error when the time is over. */
export function refuseLate(notAfterMs: number | undefined): void {
  if (isLate(notAfterMs)) throw new Error('nothing was written: its time is over');
}
