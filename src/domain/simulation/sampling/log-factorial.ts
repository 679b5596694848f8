/** ln k! − Stirling's main term, for k below 10. */
const SMALL = [
  0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
  0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
];

const HALF_LOG_TWO_PI = 0.9189385332046727;

/** What Stirling's formula for ln k! leaves out: ln k! = ½ ln 2π + (k + ½) ln(k + 1) − (k + 1) + this. */
export function stirlingCorrection(k: number): number {
  const known = SMALL[k];
  if (known !== undefined) return known;
  const next = k + 1;
  const square = next * next;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / next;
}

export function logFactorial(k: number): number {
  return HALF_LOG_TWO_PI + (k + 0.5) * Math.log(k + 1) - (k + 1) + stirlingCorrection(k);
}
