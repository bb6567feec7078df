import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const FEATURES = ["cockpit", "episodes", "tasks", "datasets", "training", "policies", "rollout", "evaluations"];

/** Files of `zone` must not import what `patterns` match. */
const zone = (files, patterns, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }] },
});

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/**/*.gen.ts", "*.cjs"] },
  ...tseslint.configs.recommended,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "max-lines": ["error", 250],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  zone(["src/shared/**"], ["@/features/**", "@/app/**", "**/features/**", "**/app/**"], "shared imports neither features nor the app"),
  ...FEATURES.map((name) =>
    zone(
      [`src/features/${name}/**`],
      ["@/app/**", ...FEATURES.filter((other) => other !== name).flatMap((other) => [`@/features/${other}/**`, `**/${other}/**`])],
      "a feature imports only itself and shared",
    ),
  ),
);
