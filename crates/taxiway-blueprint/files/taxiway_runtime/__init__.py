"""The project's own settings, as production needs them.

Written by `taxiway generate`; edits are kept. `settings.py` imports the project's settings and changes only what the
# if database
environment dictates, `health.py` answers the platform's probes, `logging.py` writes one JSON object per event, and
`migrate.py` applies migrations, one runner at a time. `project.py` holds what is particular to this project.
# else
environment dictates, `health.py` answers the platform's probes, and `logging.py` writes one JSON object per event.
`project.py` holds what is particular to this project.
# end
"""
