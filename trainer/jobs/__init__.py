"""Runs jobs: their run directories, their supervisor, and the runners that start them."""
