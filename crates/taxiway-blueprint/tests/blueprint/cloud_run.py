"""Stands in for `gcloud` and `curl` in the scripts of Cloud Build: services, revisions, tags and traffic in one file.

Called as `cloud_run.py PROGRAM ARGUMENT…`. What is not known here ends with 64: nothing passes because it was not looked at.
"""

import json
import os
import sys

STATE = os.environ["CLOUD_RUN_STATE"]


def option(arguments, name):
    return arguments[arguments.index(name) + 1] if name in arguments else None


def pairs(text):
    return dict(pair.split("=") for pair in text.split(","))


def describe(service, arguments):
    fields = option(arguments, "--format")
    rows = {tag: revision for tag, revision in service["tags"].items()}
    if fields.startswith("csv[no-heading](status.traffic.tag,status.traffic."):
        for tag, revision in rows.items():
            shown = {"revisionName": revision, "url": f"https://{tag}---shop.test"}
            print(tag + "," + shown[fields.rstrip(")").rsplit(".", 1)[1]])
        for revision in service["traffic"]:
            print("," + revision)
    elif fields == "value(status.url)":
        print("https://shop.test")
    elif fields == "value(status.latestReadyRevisionName)":
        print(list(service["revisions"])[-1])
    else:
        sys.exit(64)


def update(service, arguments):
    assert "--no-traffic" in arguments
    name = f"shop-{len(service['revisions']) + 1:05}"
    labels = pairs(option(arguments, "--update-labels"))
    service["revisions"][name] = {
        "image": option(arguments, "--image"),
        "release": labels["release"],
    }
    service["tags"][option(arguments, "--tag")] = name


def update_traffic(service, arguments):
    if "--to-revisions" in arguments:
        percents = pairs(option(arguments, "--to-revisions"))
        service["traffic"] = {name: int(percent) for name, percent in percents.items()}
        assert sum(service["traffic"].values()) == 100
        assert set(service["traffic"]) <= set(service["revisions"])
    if "--set-tags" in arguments:
        service["tags"] = pairs(option(arguments, "--set-tags"))


def storage(state, arguments):
    """One object, and what others do in between: `overtaken` is written after it was read."""
    held = state.get("lock")
    match arguments:
        case ["objects", "describe", _, "--format", "value(generation)"]:
            if held is None:
                return 1
            print(held["generation"])
        case ["cat", url]:
            if held is None or not url.endswith(f"#{held['generation']}"):
                return 1
            print(held["text"])
        case ["cp", "-", _, condition]:
            overtaken = state.pop("overtaken", None)
            if overtaken is not None:
                held = {"generation": 99, "text": overtaken}
            expected = 0 if held is None else held["generation"]
            if condition == f"--if-generation-match={expected}":
                held = {"generation": expected + 1, "text": sys.stdin.read().strip()}
            state["lock"] = held
            return 0 if held["generation"] == expected + 1 else 1
        case _:
            return 64
    return 0


def gcloud(state, arguments):
    state["calls"].append(" ".join(arguments))
    match arguments:
        case ["run", "services", action, name, *rest]:
            actions = {"describe": describe, "update": update, "update-traffic": update_traffic}
            actions[action](state["services"][name], rest)
        case ["run", "revisions", "describe", name, *rest]:
            revisions = [it["revisions"] for it in state["services"].values()]
            found = next(it[name] for it in revisions if name in it)
            fields = {
                "value(metadata.labels.release)": "release",
                "value(spec.containers[0].image)": "image",
            }
            print(found[fields[option(rest, "--format")]])
        case ["run", "jobs", "update", *_] | ["sql", "backups", "create", *_]:
            pass
        case ["run", "jobs", "execute", *_]:
            return 1 if state.get("migration_fails") else 0
        case ["builds", "describe", name, "--region", _, "--format", field]:
            print(state["builds"][name][field.removeprefix("value(").rstrip(")")])
        case ["storage", *rest]:
            return storage(state, rest)
        case ["auth", "print-identity-token", *_]:
            print("token")
        case _:
            return 64
    return 0


def curl(state, arguments):
    url = arguments[-1]
    host = url.removeprefix("https://").removesuffix("/healthz/ready")
    service = state["services"]["shop-staging"]
    if "---" in host:
        revision = service["tags"][host.split("---")[0]]
    else:
        revision = max(service["traffic"], key=service["traffic"].get)
    release = service["revisions"][revision]["release"]
    state["asked"][release] = state["asked"].get(release, 0) + 1
    limit = state["breaks"].get(release)
    if limit is not None and state["asked"][release] > limit:
        return 22
    print(json.dumps({"status": "ok", "release": release}))
    return 0


def sleep(state, _):
    """While a build waits for another, that ends."""
    for build in state.get("ends", []):
        state["builds"][build]["status"] = "FAILURE"
    return 0


def main():
    with open(STATE) as file:
        state = json.load(file)
    program, *arguments = sys.argv[1:]
    code = {"gcloud": gcloud, "curl": curl, "sleep": sleep}[program](state, arguments)
    with open(STATE, "w") as file:
        json.dump(state, file)
    sys.exit(code)


main()
