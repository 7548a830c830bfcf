"""The project's own application, as production needs it.

Written by `taxiway generate`; edits are kept. `application.py` wraps the project's application and is what the server loads,
# if database
`health.py` answers the platform's probes, `logging.py` writes one JSON object per event with the request's trace id, and
`migrate.py` applies migrations, one runner at a time. `project.py` holds what is particular to this project.
# else
`health.py` answers the platform's probes, and `logging.py` writes one JSON object per event with the request's trace id.
`project.py` holds what is particular to this project.
# end
"""
