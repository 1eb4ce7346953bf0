import { defineConfig } from "vite";

// Everything is served from `self` under a policy without inline script or style, so nothing may be inlined.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    outDir: "dist",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    sourcemap: false,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: {
    proxy: { "/api": { target: process.env.AGGLO_SERVER ?? "http://127.0.0.1:8731", changeOrigin: true } },
  },
});
