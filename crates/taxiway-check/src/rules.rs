//! The rules: a file each for what it looks for and what it says about it, in a folder for each part of Azure and of
//! a repository.
//!
//! To add one: `<code>.rs` and `<code>.md` in their folder, and its name here. A test compares the list with the folders, compiles
//! the examples of every page, and judges them.
//!
#![doc = include_str!("rules/undecided.md")]

mod prelude;

use crate::rule::Rule;

macro_rules! rules {
    ($($folder:ident { $($name:ident),* $(,)? })*) => {
        $(mod $folder { $(pub(super) mod $name;)* })*

        /// Every rule, by folder and name.
        pub static ALL: &[&Rule] = &[$($(&$folder::$name::RULE,)*)*];
    };
}

rules! {
    backup { backup_vault_without_role, backups_deleted_at_once, blobs_without_history, deleted_backups_out_of_range, restore_across_regions }
    container_apps { exposed_port_without_tcp, first_image_without_role, half_secret, internal_without_network, mixed_restrictions, odd_container_size, replicas_upside_down, revision_traffic }
    front_door { classic_front_door, managed_rules_on_standard, origin_timeout_out_of_range, origin_without_host_header, private_origin_on_standard, private_origin_unchecked, redirect_without_http, route_before_origins }
    governance { alerts_to_nobody, changing_tag, defender_switched_off, global_name_without_hash, malformed_budget, malformed_tags, policy_identity_without_place, read_only_lock, resource_name, shutdown_by_tag }
    images { code_before_requirements, compiler_in_image, everything_copied, health_check_without_request, image_as_root, image_port_mismatch, migrations_at_each_start, moving_base, secret_in_image, signals_to_shell, stale_package_index, user_install_lost, workers_by_host_cores }
    identity { credentials_at_once, federation_audiences, owner_by_another_name, partial_role_id, role_too_broad, same_federation_twice, same_role_twice, untyped_principal }
    key_vault { ignored_access_policies, key_without_end, malformed_reference, missing_secret, purge_protection_false, reference_without_identity, role_without_rbac, secret_in_template, secret_reader_without_role, secret_without_content_type, soft_delete_off, soft_delete_out_of_range, vault_can_be_purged, vault_open_to_all, vault_without_rbac, vault_without_tenant }
    migrations { breaking_migration, rival_migrations }
    monitoring { alert_severity_out_of_range, alert_times, capped_production, classic_insights, detached_availability_test, log_days_out_of_range, logs_of_account, logs_to_nowhere, long_group_name, malformed_log_alert, regional_alert, silent_alert, unwatched_resource, wrong_aggregation }
    network { basic_address, database_subnet_without_delegation, door_open_beside_endpoint, endpoint_in_delegated_subnet, endpoint_on_injected_database, endpoint_without_names, firewall_only_watches, flows_forgotten, gateway_old_tls, gateway_without_firewall, guarded_gateway, integration_without_delegation, log4j_rule_off, malformed_endpoint, malformed_vpn_gateway, management_port_open, network_in_another_region, overlapping_subnets, regional_zone, retired_gateway, rule_priority, single_beside_list, subnet_outside_network, subnet_too_small, subnet_without_group, subnets_in_two_places, two_remote_gateways, udp_open, unencrypted_port_open, wrong_endpoint_group, wrong_endpoint_zone, zone_without_network, zones_on_nat_gateway }
    pipelines { backup_arguments, backups_never_pruned, canary_by_waiting, check_by_echo, database_without_service, deploy_of_untested, migrations_from_runner, moving_action, open_internal_service, pooler_for_migrations, project_wide_role, registry_admin_in_pipeline, retired_action, retired_registry, rollback_of_nothing, scan_cannot_fail, secret_beside_vault, sqlite_for_postgresql, stored_cloud_credential, unknown_context, untrusted_text_in_script }
    postgresql { backup_days_out_of_range, burstable_high_availability, connections_not_logged, database_open_to_azure, database_open_to_internet, disk_cannot_grow, disk_tier_too_low, entra_without_administrator, firewall_on_injected_server, half_customer_key, injected_without_zone, maintenance_window_out_of_range, nobody_can_sign_in, odd_disk_size, old_postgresql, password_in_template, pooler_on_burstable, public_access_on_injected_server, region_without_geo_backup, reserved_login, restore_without_source, size_not_in_region, speed_of_premium_disk, ssd_v2_refused, standby_in_same_zone, standby_zone_without_standby, tier_mismatch, too_few_connections, unencrypted_connections }
    reachability { unreachable_cache, unreachable_database, unreachable_registry, unreachable_storage, unreachable_vault }
    redis { classic_redis, keys_off_without_entra, redis_database_name, redis_old_tls, redis_open_to_internet, single_node_cache, unencrypted_redis }
    registry { anonymous_pull, image_puller_without_role, premium_feature, pull_identity_by_id, pull_without_identity, registry_admin_user, role_ignored_by_registry, untagged_images_kept }
    runtime { env_file_not_ignored, events_never_written, log_folder_missing, module_not_imported, queries_of_debug, retired_telemetry, secrets_at_import, text_as_truth }
    scaling { autoscale_beyond_tier, autoscale_without_tier, malformed_autoscale, one_way_scaling, unsettled_scaling }
    slots { any_warmup_answer, auto_swap_on_linux, slot_lacks_settings, slot_more_open, slot_outside_network, sticky_names_on_slot, traffic_above_whole }
    storage { archive_in_zones, blob_retention_out_of_range, lost_media, malformed_ip_rule, public_blobs, public_container, restore_without_history, shared_keys, storage_in_one_building, storage_local_users, storage_old_tls, storage_open_to_all, storage_over_http, storage_shuts_out_azure, too_many_storage_rules, versions_with_folders }
    suppression { stale_suppression, suppression_without_reason, unknown_rule_allowed }
    web { affinity_cookie, always_on_without_tier, any_front_door, automatic_scaling_without_tier, basic_publishing_credentials, cors_for_everyone, crowded_access_restriction, debug_in_production, elastic_workers_without_effect, ftp_enabled, http1_only, image_on_windows_plan, implicit_public_access, keys_in_settings, log_quota_out_of_range, malformed_access_restriction, malformed_sidecar, managed_certificate_refused, migrations_at_start, network_without_tier, no_health_check, no_startup_command, old_python, old_tls, plain_http, plan_in_one_zone, plan_without_apps, port_mismatch, port_overridden, python_on_windows, relative_health_check, remote_debugging, run_from_package, secret_in_setting, setting_name_for_windows, setting_of_platform, setting_out_of_range, settings_twice, sidecars_without_main, single_instance, site_and_plan_apart, site_without_door, site_without_identity, sleeps_when_idle, slot_without_tier, too_many_apps, too_many_instances, too_many_slots, unreserved_linux_plan, unsaid_container_storage, zones_with_one_instance, zones_without_tier }
}

pub(crate) use suppression::stale_suppression::RULE as STALE;
pub(crate) use suppression::suppression_without_reason::RULE as EXPLAINED;
pub(crate) use suppression::unknown_rule_allowed::RULE as UNKNOWN;
