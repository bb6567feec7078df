import { Button, FileButton, Group, Slider, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { robotQuery, systemQuery } from "@/shared/api/queries";
import { useClientId } from "@/shared/live/live";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { CameraView } from "@/shared/video/CameraView";
import { useVideo } from "@/shared/video/useVideo";
import classes from "./evaluations.module.css";
import type { EvaluationDetail } from "./model";
import { putNote, putPicture, useChange } from "./queries";

const NO_SERVERS: string[] = [];
const QUALITY = 0.9;

/** The newest picture of a video element as JPEG; null while there is none. */
function photograph(video: HTMLVideoElement | null | undefined): Promise<Blob | null> {
  if (!video || video.videoWidth === 0) return Promise.resolve(null);
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** How this start is set up: its photograph laid over the live picture, so that things go back to the same place. */
export function Start({ evaluation, condition }: { evaluation: EvaluationDetail; condition: number }) {
  const { data: robot } = useQuery(robotQuery);
  const { data: system } = useQuery(systemQuery);
  const client = useClientId();
  const camera = robot?.cameras[0]?.name ?? "";
  const cameras = useMemo(() => (camera ? [camera] : []), [camera]);
  const video = useVideo(system ? client : "", cameras, system?.ice_servers ?? NO_SERVERS);
  const scene = useRef<HTMLDivElement>(null);
  const [opacity, setOpacity] = useState(50);
  const start = evaluation.starts[condition];
  const [note, setNote] = useState(start?.note ?? "");
  const picture = useChange((blob: Blob) => putPicture(evaluation.id, condition, blob));
  const words = useChange((text: string) => putNote(evaluation.id, condition, text));
  const stream = video.streams.get(camera);
  const shoot = () => void photograph(scene.current?.querySelector("video")).then((blob) => blob && picture.mutate(blob));
  return (
    <Stack gap="xs" component="section" aria-label={`Start ${condition + 1}`}>
      <div ref={scene} className={classes.scene}>
        <CameraView camera={camera} stream={stream} problem={video.problem}>
          {start?.picture && <img className={classes.ghost} src={start.picture} alt={`How start ${condition + 1} was set up`} style={{ opacity: opacity / 100 }} />}
        </CameraView>
      </div>
      {start?.picture ? (
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            Photograph over live
          </Text>
          <Slider flex={1} size="sm" value={opacity} onChange={setOpacity} label={(value) => `${value} %`} aria-label="How much of the photograph shows" />
        </Group>
      ) : (
        <Text size="xs" c="dimmed">
          Set up this start once and photograph it: for the next policy you lay the photograph over the live picture and put everything back in its place.
        </Text>
      )}
      <Group gap="xs">
        <ReasonButton
          size="xs"
          variant="default"
          reason={stream ? "" : "There is no live picture"}
          hint="Keeps the live picture as that of this start"
          loading={picture.isPending}
          onClick={shoot}
        >
          {start?.picture ? "Photograph anew" : "Photograph it"}
        </ReasonButton>
        <FileButton accept="image/jpeg,image/png" onChange={(file) => file && picture.mutate(file)}>
          {(props) => (
            <Button {...props} size="xs" variant="subtle">
              From a file
            </Button>
          )}
        </FileButton>
      </Group>
      {picture.error && (
        <Text size="xs" c="var(--fault)">
          {picture.error.message}
        </Text>
      )}
      <Textarea
        size="xs"
        label="How it is set up"
        autosize
        maxLength={2000}
        value={note}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
        onBlur={() => note !== start?.note && words.mutate(note)}
      />
    </Stack>
  );
}
