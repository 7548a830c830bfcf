"""The project's own application, as production needs it.

Written by `taxiway generate`; edits are kept. `application.py` wraps the project's application and is what the server loads,
`health.py` answers the platform's probes, and `logging.py` writes one JSON object per event with the request's trace id.
`project.py` holds what is particular to this project.
"""
