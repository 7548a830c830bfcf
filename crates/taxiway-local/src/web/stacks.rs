//! The runtimes that can be asked for.

use serde_json::{Value, json};

/// Python versions with the end of their support. Source: Python developer's guide, "Status of Python versions".
const VERSIONS: [(u32, &str); 4] = [
    (14, "2030-10-31T00:00:00Z"),
    (13, "2029-10-31T00:00:00Z"),
    (12, "2028-10-31T00:00:00Z"),
    (11, "2027-10-31T00:00:00Z"),
];

/// As `GET /providers/Microsoft.Web/webAppStacks` answers.
pub(super) fn stacks() -> Value {
    let minor = |(minor, end): &(u32, &str)| {
        json!({
            "displayText": format!("Python 3.{minor}"),
            "value": format!("3.{minor}"),
            "stackSettings": {
                "linuxRuntimeSettings": {
                    "runtimeVersion": format!("PYTHON|3.{minor}"),
                    "remoteDebuggingSupported": false,
                    "appInsightsSettings": {"isSupported": true},
                    "gitHubActionSettings": {"isSupported": true, "supportedVersion": format!("3.{minor}")},
                    "supportedFeatures": {"disableSsh": true},
                    "isDeprecated": false,
                    "isHidden": false,
                    "endOfLifeDate": end,
                },
            },
        })
    };
    let minors: Vec<Value> = VERSIONS.iter().map(minor).collect();
    json!({
        "value": [{
            "id": "/providers/Microsoft.Web/webAppStacks/python",
            "name": "python",
            "type": "Microsoft.Web/webAppStacks",
            "properties": {
                "displayText": "Python",
                "value": "python",
                "preferredOs": "linux",
                "majorVersions": [{"displayText": "Python 3", "value": "3", "minorVersions": minors}],
            },
        }],
    })
}
