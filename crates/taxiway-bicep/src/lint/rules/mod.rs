//! The rules, one file each.

mod adminusername_should_not_be_literal;
mod artifacts_parameters;
mod decompiler_cleanup;
mod deployments;
mod descriptions;
mod limits;
mod locations;
mod no_conflicting_metadata;
mod no_explicit_any;
mod no_hardcoded_env_urls;
mod no_hardcoded_outputs;
mod no_module_name;
mod no_unnecessary_dependson;
mod no_unused_existing_resources;
mod no_unused_imports;
mod no_unused_params;
mod no_unused_types;
mod no_unused_vars;
mod outputs_should_not_contain_secrets;
mod prefer_interpolation;
mod prefer_unquoted_property_names;
mod protect_commandtoexecute_secrets;
mod secure_parameter_default;
mod secure_params_in_parameters_file;
mod secure_secrets_in_params;
mod simplify_interpolation;
mod simplify_json_null;
mod use_parent_property;
mod use_recent_api_versions;
mod use_recent_az_powershell_version;
mod use_recognized_resource_type;
mod use_resource_id_functions;
mod use_resource_symbol_reference;
mod use_safe_access;
mod use_secure_value_for_secure_inputs;
mod use_stable_resource_identifiers;
mod use_stable_vm_image;
mod use_user_defined_types;
mod what_if_short_circuiting;

use super::Rule;

/// Every rule, in the order of its code.
pub(super) static ALL: &[Rule] = &[
    adminusername_should_not_be_literal::RULE,
    artifacts_parameters::RULE,
    decompiler_cleanup::RULE,
    locations::EXPLICIT,
    limits::ASSERTS,
    limits::OUTPUTS,
    limits::PARAMETERS,
    limits::RESOURCES,
    limits::VARIABLES,
    deployments::SCOPING,
    no_conflicting_metadata::RULE,
    deployments::NO_DEPLOYMENTS,
    no_explicit_any::RULE,
    no_hardcoded_env_urls::RULE,
    locations::HARDCODED,
    no_hardcoded_outputs::RULE,
    locations::OUTSIDE,
    no_module_name::RULE,
    no_unnecessary_dependson::RULE,
    no_unused_existing_resources::RULE,
    no_unused_imports::RULE,
    no_unused_params::RULE,
    no_unused_types::RULE,
    no_unused_vars::RULE,
    outputs_should_not_contain_secrets::RULE,
    prefer_interpolation::RULE,
    prefer_unquoted_property_names::RULE,
    protect_commandtoexecute_secrets::RULE,
    secure_parameter_default::RULE,
    deployments::SECRETS,
    secure_params_in_parameters_file::RULE,
    secure_secrets_in_params::RULE,
    simplify_interpolation::RULE,
    simplify_json_null::RULE,
    descriptions::OUTPUTS,
    descriptions::PARAMETERS,
    descriptions::MEMBERS,
    descriptions::TYPES,
    descriptions::VARIABLES,
    use_parent_property::RULE,
    use_recent_api_versions::RULE,
    use_recent_az_powershell_version::RULE,
    use_recognized_resource_type::RULE,
    use_resource_id_functions::RULE,
    use_resource_symbol_reference::RULE,
    use_safe_access::RULE,
    use_secure_value_for_secure_inputs::RULE,
    use_stable_resource_identifiers::RULE,
    use_stable_vm_image::RULE,
    use_user_defined_types::RULE,
    what_if_short_circuiting::RULE,
];
