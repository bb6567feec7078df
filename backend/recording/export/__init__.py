"""Dataset versions: accepted raw episodes resampled into a verified LeRobot v3 dataset.

`python -m backend.recording.export --out DIR --fps 30 --name NAME EPISODE...`
"""
