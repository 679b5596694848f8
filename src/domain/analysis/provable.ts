import { criteriaOf } from './criterion.js';
import { isProportionMetric, type Check } from './plan.js';

/**
 * Whether traffic can ever prove that the candidate is healthy by this check: `fixed` where single measurements decide
 * and nothing is proven, `never` where the bound leaves no room below it.
 */
export function provabilityOf(check: Check): 'provable' | 'fixed' | 'never' {
  switch (check.kind) {
    case 'threshold':
    case 'custom':
      return 'fixed';
    case 'baseline':
      return check.maxIncrease > 0 ? 'provable' : 'never';
    case 'sequential': {
      const criteria = isProportionMetric(check.metric) ? criteriaOf(check.metric, check) : [];
      return criteria.every(({ allowed }) => allowed > 0 && allowed < 1) ? 'provable' : 'never';
    }
  }
}
