import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.BUNRAKU_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    // The api refuses foreign origins, so the proxy speaks as the backend's own page.
    proxy: { "/api": { target: backend, ws: true, changeOrigin: true, headers: { origin: backend } } },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 1200 },
  // A test that needs a DOM says so on its first line; the others start ten times faster without.
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
