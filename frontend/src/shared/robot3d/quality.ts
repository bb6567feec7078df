/** How much drawing this machine can bear: a GPU gets all of it, software rendering what leaves room for video. */
export interface Quality {
  pixelRatio: number | [number, number];
  antialias: boolean;
  /** Smooth surfaces with sharp edges; without, facets of shared vertices, a sixth of the work per picture. */
  smooth: boolean;
  /** Most pictures a second of a 3D view. */
  fps: number;
}

const FULL: Quality = { pixelRatio: [1, 2], antialias: true, smooth: true, fps: 60 };
const LIGHT: Quality = { pixelRatio: 1, antialias: false, smooth: false, fps: 10 };

/** Whether WebGL is computed by the CPU. */
function isSoftware(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  const name = info ? String(context?.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

export const quality: Quality = isSoftware() ? LIGHT : FULL;
