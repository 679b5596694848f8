// Users who go on buying: REQUESTS_PER_SECOND requests to TARGET, each of one of a thousand people.
import { setInterval } from 'node:timers';

const { TARGET = 'http://127.0.0.1:8080', REQUESTS_PER_SECOND = '20' } = process.env;
const PEOPLE = 1000;

/** What has changed, not every request. */
let said = '';
const say = (what) => {
  if (what !== said) console.log(`${new Date().toISOString()} ${what}`);
  said = what;
};

const buy = async () => {
  const user = `user-${Math.floor(Math.random() * PEOPLE)}`;
  try {
    const response = await fetch(TARGET, { headers: { cookie: `hg_user=${user}` }, signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    say('answered');
  } catch (error) {
    say(String(error.cause ?? error));
  }
};

setInterval(buy, 1000 / Number(REQUESTS_PER_SECOND));
