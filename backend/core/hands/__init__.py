"""From grip and pinch to the joints of the hands."""
