"""The only builder of `Command`. It imports nothing of the core but the contracts and trusts nobody."""
