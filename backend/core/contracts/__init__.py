"""Values that flow through the house: frozen, read-only, with units and frames in their names.

Import from the modules; this package re-exports nothing, so every import names its owner.
"""
