import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { expect, test } from 'vitest';
import { historyOfBaseline } from '../../src/activities/preflight/baseline-history.js';
import { learnFrom } from '../../src/domain/analysis/learn.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { canaryPlan, ROLES } from '../domain/canary/arbitraries.js';

const plan = canaryPlan({ analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.05 }] } });

/** A source that answers from a list: what happened before cannot be made to happen in a test's time. */
function serviceWith(samples: MetricSource['samples']): ServicePorts {
  const unused = () => Promise.reject(new Error('not asked for'));
  return {
    service: 'checkout',
    route: { service: 'checkout', targets: { blue: 'blue', green: 'green' } },
    router: { readWeights: unused, setWeights: unused, setMany: unused, whyNotSplittable: unused },
    metrics: { samples, scalar: unused },
    probe: { probe: unused },
    urls: {},
  };
}

test('failures of the baseline that come in bursts make the checks ask for more evidence [C-04]', async () => {
  const learnt = async (errorsAt: (step: number) => number) => {
    const service = serviceWith(({ fromMs, toMs, stepMs }) =>
      Promise.resolve(
        Array.from({ length: (toMs - fromMs) / stepMs }, (_, step) => ({ requests: 100, errors: errorsAt(step) })),
      ),
    );
    const past = await historyOfBaseline(service, preflightPlanOf(plan), ROLES);
    return JSON.stringify(learnFrom(plan.analysis, past ?? []));
  };
  expect(await learnt((step) => (step % 10 === 0 ? 20 : 0))).not.toBe(await learnt(() => 2));
});

test('a source that is away teaches nothing, and stops nothing [C-14]', async () => {
  const away = serviceWith(() => Promise.reject(new AdapterUnavailableError('metrics', 'connection refused')));
  expect(await historyOfBaseline(away, preflightPlanOf(plan), ROLES)).toBeNull();
});

test('a dispersion that the plan states is not learnt', async () => {
  const never = serviceWith(() => Promise.reject(new Error('asked although told')));
  expect(
    await historyOfBaseline(never, preflightPlanOf({ ...plan, analysis: { ...plan.analysis, dispersion: 1 } }), ROLES),
  ).toBeNull();
});
