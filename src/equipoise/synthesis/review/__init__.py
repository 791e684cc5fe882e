"""A review as a folder: what it asks, its studies one file each, its versions."""
