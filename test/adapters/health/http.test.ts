import { createHttpProbe } from '../../../src/adapters/health/http.js';
import { describeHealthProbe } from '../../contract/health-probe.js';

describeHealthProbe('http', createHttpProbe);
