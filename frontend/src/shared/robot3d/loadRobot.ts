/** Loads the robot's URDF and meshes from the backend, once for all views. */
import { type BufferGeometry, type Material, Mesh, MeshLambertMaterial, type MeshPhongMaterial, type Object3D } from "three";
import { STLLoader } from "three/examples/jsm/loaders/STLLoader.js";
import { mergeVertices, toCreasedNormals } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import URDFLoader, { type URDFRobot } from "urdf-loader";
import { quality } from "./quality";

const CREASE_RAD = 0.6;
/** Pushed back, so that it shows only where the command differs from the measurement. */
const GHOST = {
  color: "#ffb547",
  transparent: true,
  opacity: 0.5,
  depthWrite: false,
  flatShading: !quality.smooth,
  polygonOffset: true,
  polygonOffsetFactor: 2,
  polygonOffsetUnits: 2,
};

const texts = new Map<string, Promise<string>>();
const geometries = new Map<string, Promise<BufferGeometry>>();

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** Returns the cached promise of `url`; a failure is forgotten, so that the next view tries again. */
function once<T>(cache: Map<string, Promise<T>>, url: string, load: () => Promise<T>): Promise<T> {
  let promise = cache.get(url);
  if (!promise) {
    promise = load();
    promise.catch(() => cache.delete(url));
    cache.set(url, promise);
  }
  return promise;
}

function geometry(url: string): Promise<BufferGeometry> {
  return once(geometries, url, async () => {
    const buffer = await (await fetchOk(url)).arrayBuffer();
    const facets = new STLLoader().parse(buffer);
    if (quality.smooth) return toCreasedNormals(facets, CREASE_RAD);
    // Normals of a corner differ per facet and would keep its vertices apart.
    facets.deleteAttribute("normal");
    return mergeVertices(facets);
  });
}

/**
 * Returns a robot whose meshes have arrived.
 *
 * `ghost` draws it translucent, and only what hangs from the joints it names.
 * Throws an Error that names the file which is missing.
 */
export async function loadRobot(urdfUrl: string, ghost?: readonly string[]): Promise<URDFRobot> {
  const text = await once(texts, urdfUrl, async () => (await fetchOk(urdfUrl)).text());
  const translucent = new MeshLambertMaterial(GHOST);
  const arrivals: Promise<unknown>[] = [];
  const loader = new URDFLoader();
  loader.loadMeshCb = (url, _manager, material, done) => {
    arrivals.push(geometry(url).then((shape) => done(new Mesh(shape, ghost ? translucent : matte(material)))));
  };
  const robot = loader.parse(text);
  await Promise.all(arrivals);
  if (ghost) keepOnly(robot, ghost);
  return robot;
}

/** Phong of the loader to Lambert: the same to the eye here, and half the price without a GPU. */
function matte(material: Material): Material {
  return new MeshLambertMaterial({ color: (material as MeshPhongMaterial).color, flatShading: !quality.smooth });
}

function keepOnly(robot: URDFRobot, joints: readonly string[]): void {
  const kept = new Set<Object3D>();
  for (const name of joints) robot.joints[name]?.traverse((object) => kept.add(object));
  robot.traverse((object) => {
    if (object instanceof Mesh) object.visible = kept.has(object);
  });
}
