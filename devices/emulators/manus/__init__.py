"""An emulator of the bridge to MANUS gloves: `python -m devices.emulators.manus`."""
