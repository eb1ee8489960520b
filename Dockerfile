# One image for all processes, each by its name: docker run holdfast order-worker
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npx tsx stack/container/collect.ts /image

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /image ./
USER 1000:1000
# Asks the process itself, so it says ready or not ready as /readyz does. One-shot commands end before it is asked.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/dist/stack/container/health-check.js"]
ENTRYPOINT ["node", "--enable-source-maps", "/app/dist/stack/container/main.js"]
