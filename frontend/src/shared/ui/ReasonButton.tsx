import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import { Key } from "./Key";

interface ReasonButtonProps extends ButtonProps {
  /** Why it cannot be pressed; empty when it can. */
  reason: string;
  /** What it does. */
  hint: string;
  keyHint?: string;
  onClick: (event: MouseEvent) => void;
  children: ReactNode;
  "data-kind"?: string;
}

/** A button of the cockpit that says on hover and focus what it does, or why it cannot be pressed. */
export function ReasonButton({ reason, hint, keyHint, onClick, children, ...button }: ReasonButtonProps) {
  const disabled = reason !== "";
  return (
    <Tooltip label={disabled ? reason : hint} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...button}
        // Not the disabled attribute: a disabled button gets no hover and no focus, and could not explain itself.
        data-disabled={disabled || undefined}
        aria-disabled={disabled}
        rightSection={keyHint && <Key onColor={button.variant === "filled"}>{keyHint}</Key>}
        // A click leaves the focus where it was, so that keys go on driving.
        onMouseDown={(event: MouseEvent) => event.preventDefault()}
        onClick={(event: MouseEvent) => (disabled ? event.preventDefault() : onClick(event))}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
