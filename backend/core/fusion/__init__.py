"""All devices of one driver become one Intent."""
