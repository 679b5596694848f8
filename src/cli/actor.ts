type Env = Readonly<Record<string, string | undefined>>;

/** What each CI system calls the run: project and number. */
const CI_RUNS: readonly { readonly mark: string; readonly project: string; readonly run: string }[] = [
  { mark: 'GITHUB_ACTIONS', project: 'GITHUB_REPOSITORY', run: 'GITHUB_RUN_ID' },
  { mark: 'GITLAB_CI', project: 'CI_PROJECT_PATH', run: 'CI_PIPELINE_ID' },
  { mark: 'BUILDKITE', project: 'BUILDKITE_PIPELINE_SLUG', run: 'BUILDKITE_BUILD_NUMBER' },
  { mark: 'CIRCLECI', project: 'CIRCLE_PROJECT_REPONAME', run: 'CIRCLE_BUILD_NUM' },
  { mark: 'JENKINS_URL', project: 'JOB_NAME', run: 'BUILD_NUMBER' },
];

/** Who asks: the CI run when there is one (`ci:acme/shop#9913`), otherwise the person at the machine (`ada@laptop`). */
export function actorOf(env: Env, user: string): string {
  const ci = CI_RUNS.find(({ mark }) => (env[mark] ?? '') !== '');
  const project = ci === undefined ? undefined : env[ci.project];
  if (ci === undefined || project === undefined || project === '') return user;
  const run = env[ci.run];
  return `ci:${project}${run === undefined || run === '' ? '' : `#${run}`}`;
}
