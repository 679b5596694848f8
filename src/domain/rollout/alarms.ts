/**
 * What people are called for although nothing is held for it, by what causes it: success in one must not clear another's.
 */
export const ALARM_CAUSES = ['weights', 'reading', 'guard', 'undo'] as const;

export type AlarmCause = (typeof ALARM_CAUSES)[number];

export type Alarms = Readonly<Partial<Record<AlarmCause, string>>>;

/** The causes that there are alarms of now. */
export function alarmCauses(alarms: Alarms): readonly AlarmCause[] {
  return ALARM_CAUSES.filter((cause) => alarms[cause] !== undefined);
}

/** Whether nothing moves while there is an alarm of this cause: what nobody guards moves all the same. */
export function isAboutMoving(cause: AlarmCause): boolean {
  return cause !== 'guard';
}

/** With this alarm, or without one of this cause. */
export function withAlarm(alarms: Alarms, cause: AlarmCause, alarm: string | null): Alarms {
  const others = Object.fromEntries(Object.entries(alarms).filter(([name]) => name !== cause));
  return alarm === null ? others : { ...others, [cause]: alarm };
}

/** All of them in one sentence; `null` when there is none. */
export function alarmWords(alarms: Alarms): string | null {
  const all = ALARM_CAUSES.flatMap((cause) => alarms[cause] ?? []);
  return all.length === 0 ? null : all.join('; and ');
}
