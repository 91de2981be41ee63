"""Settings of the property tests here."""

from hypothesis import settings

settings.register_profile("consensus", deadline=None)  # a machine shared by others keeps no deadline
settings.load_profile("consensus")
