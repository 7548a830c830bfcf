//! The functions and types that are there without being declared.

/// Functions of the namespaces `sys` and `az`. Source: Bicep functions, documentation of the language.
const FUNCTIONS: &[&str] = &[
    "any",
    "array",
    "base64",
    "base64ToJson",
    "base64ToString",
    "bool",
    "buildUri",
    "cidrHost",
    "cidrSubnet",
    "concat",
    "contains",
    "dataUri",
    "dataUriToString",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "dateTimeToEpoch",
    "deployer",
    "deployment",
    "distinct",
    "empty",
    "endsWith",
    "environment",
    "extensionResourceId",
    "externalInput",
    "fail",
    "filter",
    "first",
    "flatten",
    "format",
    "getSecret",
    "groupBy",
    "guid",
    "indexOf",
    "int",
    "intersection",
    "items",
    "join",
    "json",
    "last",
    "lastIndexOf",
    "length",
    "like",
    "loadDirectoryFileInfo",
    "loadFileAsBase64",
    "loadJsonContent",
    "loadTextContent",
    "loadYamlContent",
    "managementGroup",
    "managementGroupResourceId",
    "map",
    "mapValues",
    "max",
    "min",
    "nameof",
    "newGuid",
    "objectKeys",
    "padLeft",
    "parseCidr",
    "parseUri",
    "pickZones",
    "providers",
    "range",
    "readCliArg",
    "readEnvVar",
    "readEnvironmentVariable",
    "reduce",
    "reference",
    "replace",
    "resourceGroup",
    "resourceId",
    "roleDefinitions",
    "shallowMerge",
    "skip",
    "sort",
    "split",
    "startsWith",
    "string",
    "subscription",
    "subscriptionResourceId",
    "substring",
    "take",
    "tenant",
    "tenantResourceId",
    "toLogicalZone",
    "toLogicalZones",
    "toLower",
    "toObject",
    "toPhysicalZone",
    "toPhysicalZones",
    "toUpper",
    "trim",
    "tryGet",
    "union",
    "uniqueString",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "utcNow",
];

/// Types that are there without being declared.
pub(crate) const TYPES: &[&str] = &[
    "any",
    "array",
    "bool",
    "int",
    "object",
    "resource",
    "resourceInput",
    "resourceOutput",
    "string",
];

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().copied()
}

/// Whether a call of `name` can be emitted; `list…` functions are open-ended.
pub(crate) fn is_known(name: &str) -> bool {
    FUNCTIONS.contains(&name) || name.starts_with("list")
}

pub(crate) fn is_known_type(name: &str) -> bool {
    TYPES.contains(&name)
}

/// Whether a value that calls `name` cannot stand among the variables of a template.
pub(crate) fn needs_runtime(name: &str) -> bool {
    name == "reference"
        || name.starts_with("list")
        || matches!(
            name,
            "toLogicalZone" | "toLogicalZones" | "toPhysicalZone" | "toPhysicalZones"
        )
}

/// Functions that read a file as data.
pub(crate) fn is_document(name: &str) -> bool {
    matches!(
        name,
        "loadJsonContent" | "loadYamlContent" | "loadDirectoryFileInfo"
    )
}

/// Functions whose value is known when the file is compiled.
pub(crate) fn is_load(name: &str) -> bool {
    matches!(
        name,
        "loadTextContent"
            | "loadFileAsBase64"
            | "loadJsonContent"
            | "loadYamlContent"
            | "loadDirectoryFileInfo"
    )
}
