import { Button, Group, Paper, Skeleton, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { fullName } from "@/shared/api/policyName";
import type { Policy } from "@/shared/api/queries";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import classes from "./CorrectionsCard.module.css";
import { CorrectionsVersion } from "./CorrectionsVersion";
import { buildLabel, countsOf, isEmpty, made, noBuild, noFineTune, takes, type Corrections } from "./model";
import type { UseCorrections } from "./useCorrections";

interface Props {
  policy: Policy;
  corrections: UseCorrections;
  /** The page's keys for the two steps, where it has them. */
  keys?: { build: string; fineTune: string };
  /** What the page offers while nobody has taken over. */
  begin?: ReactNode;
}

/** From takeovers to the next fine-tune: what there is, one button that freezes it, one that trains on it. */
export function CorrectionsCard({ policy, corrections, keys, begin }: Props) {
  const { data: found, error } = corrections.found;
  return (
    <Paper withBorder p="md" component="section" aria-label="Corrections">
      <Text fw={600}>Corrections</Text>
      {error && (
        <Text size="sm" c="var(--fault)" role="alert">
          {error.message}
        </Text>
      )}
      {!found && !error && <Skeleton h={96} mt="xs" />}
      {found && isEmpty(found) && (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            Nobody has taken over from {fullName(policy)} in a saved take yet. Record while it drives; where it goes wrong, hold your motion key and do it right. Saved and
            accepted, such takes become its next dataset version here.
          </Text>
          {begin}
        </>
      )}
      {found && !isEmpty(found) && <Steps policy={policy} found={found} corrections={corrections} keys={keys} />}
    </Paper>
  );
}

function Steps({ policy, found, corrections: { press, build, fineTune }, keys }: Props & { found: Corrections }) {
  const version = made(found);
  const reason = noBuild(found);
  return (
    <>
      <Text size="sm" c="dimmed">
        Saved takes in which a person took over from {fullName(policy)}.
      </Text>
      <ul className={classes.counts}>
        {countsOf(found).map(({ count, label, status }) => (
          <li key={label} className={classes.count}>
            <span className={classes.number}>{count}</span>
            {status && count > 0 ? (
              <Link to="/episodes" search={{ takeovers: true, policy: found.policy, status: [...status] }} className={classes.link} title="Show them on the Episodes page">
                {label}
              </Link>
            ) : (
              <span className={classes.label}>{label}</span>
            )}
          </li>
        ))}
      </ul>
      {found.version && <CorrectionsVersion version={found.version} added={found.accepted} />}
      {version ? (
        <ReasonButton
          reason={noFineTune(found)}
          hint={`Opens the form of a new training: the parameters of ${fullName(policy)}, its weights to start from, and the new version`}
          keyHint={keys?.fineTune}
          onClick={() => fineTune(policy)}
        >
          Fine-tune on it
        </ReasonButton>
      ) : (
        <Group gap="sm">
          <ReasonButton
            reason={reason}
            hint={`Freezes ${found.kept} episodes of ${found.dataset ?? ""} and ${takes(found.accepted)} with takeovers; verified before it is called ready`}
            keyHint={keys?.build}
            loading={press.isPending}
            onClick={build}
          >
            {buildLabel(found)}
          </ReasonButton>
          {found.waiting > 0 && found.accepted === 0 && (
            <Link to="/episodes" search={{ takeovers: true, policy: found.policy, status: ["new", "interrupted"] }}>
              <Button component="span" variant="default">
                Review {takes(found.waiting)}
              </Button>
            </Link>
          )}
        </Group>
      )}
      {!version && reason && (
        <Text size="xs" c="dimmed" mt="xs">
          {reason}.
        </Text>
      )}
      {press.error && (
        <Text size="sm" c="var(--fault)" mt="xs" role="alert">
          {press.error.message}
        </Text>
      )}
    </>
  );
}
