# A worker, and the command line: docker build -t headgate . (docs/deploy.md)
# Debian slim, not Alpine: the native core of Temporal's SDK needs glibc.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
# Compiles, and bundles the workflows: a worker that bundles at start takes seconds longer.
RUN node scripts/setup.mjs --build && npm prune --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
# The SDK's native core takes the authorities that it trusts from the system.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/headgate
COPY LICENSE NOTICE CHANGELOG.md package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
RUN chmod +x dist/cli/main.js \
  && ln -s /opt/headgate/dist/cli/main.js /usr/local/bin/headgate \
  && install -d -o node -g node /etc/headgate /var/lib/headgate/journal /var/lib/headgate/routes \
  && install -d -o node -g node /var/lib/headgate/observations

# Few pools of the allocator: a worker of hundreds of rollouts needs a sixth less memory.
ENV MALLOC_ARENA_MAX=2
ENV NODE_ENV=production \
  HEADGATE_JOURNAL=/var/lib/headgate/journal \
  HEADGATE_OBSERVATIONS=/var/lib/headgate/observations \
  HEADGATE_WORKER_HOST=0.0.0.0 \
  HEADGATE_HEALTH_PORT=9090 \
  HEADGATE_METRICS_PORT=9464
EXPOSE 9090 9464
# Where headgate.yaml is looked for.
WORKDIR /etc/headgate
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEADGATE_HEALTH_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# node itself, not npm: it must get SIGTERM to let running work end.
ENTRYPOINT ["node", "/opt/headgate/dist/cli/main.js"]
CMD ["worker"]
