/** Geometry of what stands around the robot, as the backend describes it. */
import { BoxGeometry, BufferAttribute, BufferGeometry, CapsuleGeometry, CylinderGeometry, SphereGeometry } from "three";
import { queryOptions } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { components } from "@/shared/api/schema.gen";

export type ScenePart = components["schemas"]["ScenePart"];

const RETRY_MS = 2000;

/** The scene of the running world; asked again until the world process is up. */
export const sceneQuery = queryOptions({
  queryKey: ["scene"],
  queryFn: () => body(http.GET("/api/robot/scene")),
  staleTime: Infinity,
  retry: true,
  retryDelay: RETRY_MS,
});

/** Drawn until the scene is known, and for things that it does not know. */
export const UNKNOWN: ScenePart = {
  kind: "box",
  size: [0.03, 0.03, 0.03],
  T_body_part: [0, 0, 0, 0, 0, 0, 1],
  colour: "#8d96a3",
  vertices_m: [],
  faces: [],
};

/** Returns the geometry of a part in its own frame, z up. */
export function geometryOf({ kind, size, vertices_m, faces }: ScenePart): BufferGeometry {
  const [a = 0, b = 0, c = 0] = size;
  switch (kind) {
    case "box":
      return new BoxGeometry(2 * a, 2 * b, 2 * c);
    case "sphere":
      return new SphereGeometry(a, 20, 14);
    case "cylinder":
      return new CylinderGeometry(a, a, 2 * b, 20).rotateX(Math.PI / 2);
    case "capsule":
      return new CapsuleGeometry(a, 2 * b, 6, 14).rotateX(Math.PI / 2);
    case "mesh": {
      const mesh = new BufferGeometry();
      mesh.setAttribute("position", new BufferAttribute(new Float32Array(vertices_m), 3));
      mesh.setIndex(faces);
      // One normal per facet: a box keeps its edges.
      const facets = mesh.toNonIndexed();
      facets.computeVertexNormals();
      return facets;
    }
  }
}
