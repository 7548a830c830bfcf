"""Runs a command of the project as the platform prepares it: `python -m taxiway_runtime.run celery -A tasks worker`.

In this process, because what the project reads is prepared in it.
"""

import runpy
import sys
from importlib.metadata import entry_points

from taxiway_runtime import environment

# Here and not in main(): processes that a command starts anew import this module again, and need the same.
environment.prepare()


def main():
    program, *arguments = sys.argv[1:]
    if program not in ("python", "python3"):
        scripts = [
            script
            for script in entry_points(group="console_scripts")
            if script.name == program
        ]
        if not scripts:
            return f"no package that is installed here has a command {program}"
        sys.argv = [program, *arguments]
        return scripts[0].load()()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")
    return None


if __name__ == "__main__":
    sys.exit(main())
