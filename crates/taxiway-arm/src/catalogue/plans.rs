//! The tiers of App Service plans. Source: App Service limits; App Service plan SKUs as Azure's own tools list them.

/// What a tier has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanTier {
    /// Its name, as `sku.tier` has it.
    pub name: &'static str,
    /// As `sku.family` has it.
    pub family: &'static str,
    /// Its sizes, as `sku.name` has them.
    pub sizes: &'static [&'static str],
    /// The most instances.
    pub instances: u32,
    /// Deployment slots besides production.
    pub slots: u32,
    /// Whether `alwaysOn` can be set.
    pub has_always_on: bool,
    /// Whether autoscale settings can target it.
    pub has_autoscale: bool,
    /// Whether it scales by requests (`elasticScaleEnabled`).
    pub has_automatic_scaling: bool,
    /// Whether its apps can be integrated into a virtual network, and have private endpoints.
    pub has_network: bool,
    /// Whether it can be spread over zones.
    pub has_zones: bool,
}

/// Every tier.
pub const PLAN_TIERS: &[PlanTier] = &[
    PlanTier {
        name: "Free",
        family: "F",
        sizes: &["F1"],
        instances: 1,
        ..NOTHING
    },
    PlanTier {
        name: "Shared",
        family: "D",
        sizes: &["D1"],
        instances: 1,
        ..NOTHING
    },
    PlanTier {
        name: "Basic",
        family: "B",
        sizes: &["B1", "B2", "B3"],
        instances: 3,
        has_always_on: true,
        has_network: true,
        ..NOTHING
    },
    PlanTier {
        name: "Standard",
        family: "S",
        sizes: &["S1", "S2", "S3"],
        instances: 10,
        slots: 5,
        has_autoscale: true,
        has_always_on: true,
        has_network: true,
        ..NOTHING
    },
    PlanTier {
        name: "PremiumV2",
        family: "Pv2",
        sizes: &["P1v2", "P2v2", "P3v2"],
        ..PREMIUM
    },
    PlanTier {
        name: "Premium0V3",
        family: "Pv3",
        sizes: &["P0v3"],
        ..PREMIUM
    },
    PlanTier {
        name: "PremiumV3",
        family: "Pv3",
        sizes: &["P1v3", "P2v3", "P3v3"],
        ..PREMIUM
    },
    PlanTier {
        name: "PremiumMV3",
        family: "Pmv3",
        sizes: &["P1mv3", "P2mv3", "P3mv3", "P4mv3", "P5mv3"],
        ..PREMIUM
    },
    // That it scales by requests is in no list read.
    PlanTier {
        name: "PremiumV4",
        family: "Pv4",
        sizes: &["P0v4", "P1v4", "P2v4", "P3v4"],
        ..PREMIUM
    },
    PlanTier {
        name: "PremiumMV4",
        family: "Pmv4",
        sizes: &["P1mv4", "P2mv4", "P3mv4", "P4mv4", "P5mv4"],
        ..PREMIUM
    },
    PlanTier {
        name: "IsolatedV2",
        family: "Iv2",
        sizes: &["I1v2", "I2v2", "I3v2", "I4v2", "I5v2", "I6v2"],
        instances: 100,
        has_automatic_scaling: false,
        ..PREMIUM
    },
];

const NOTHING: PlanTier = PlanTier {
    name: "",
    family: "",
    sizes: &[],
    instances: 1,
    slots: 0,
    has_always_on: false,
    has_autoscale: false,
    has_automatic_scaling: false,
    has_network: false,
    has_zones: false,
};

const PREMIUM: PlanTier = PlanTier {
    instances: 30,
    slots: 20,
    has_always_on: true,
    has_autoscale: true,
    has_automatic_scaling: true,
    has_network: true,
    has_zones: true,
    ..NOTHING
};

/// The tier of a size such as `P0v3`; none for one that is not known here.
pub fn plan_tier(size: &str) -> Option<&'static PlanTier> {
    PLAN_TIERS.iter().find(|tier| tier.size(size).is_some())
}

impl PlanTier {
    /// One of its sizes as Azure spells it; names are compared without regard to case.
    pub fn size(&self, name: &str) -> Option<&'static str> {
        self.sizes
            .iter()
            .copied()
            .find(|known| known.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_belong_to_one_tier() {
        let spelled = |size| plan_tier(size).and_then(|tier| Some((tier.name, tier.size(size)?)));
        assert_eq!(spelled("p0V3"), Some(("Premium0V3", "P0v3")));
        assert_eq!(spelled("P1MV3"), Some(("PremiumMV3", "P1mv3")));
        assert_eq!(
            plan_tier("B2").map(|tier| (tier.slots, tier.instances)),
            Some((0, 3))
        );
        assert_eq!(plan_tier("Y1"), None);
        let mut sizes: Vec<_> = PLAN_TIERS.iter().flat_map(|tier| tier.sizes).collect();
        let count = sizes.len();
        sizes.sort_unstable();
        sizes.dedup();
        assert_eq!(sizes.len(), count);
    }
}
