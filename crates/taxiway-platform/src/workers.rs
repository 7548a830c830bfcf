//! How many processes and threads serve, and how many connections to the database these come to.

use serde::Serialize;

/// The processes and threads of one environment's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Workers {
    /// The processes on each instance.
    pub processes: u32,
    /// The threads of each process; 1 where a loop serves.
    pub threads: u32,
    /// The connections to the database that each process may hold while it is busy; 0 where there is no database.
    pub connections: u32,
    /// The connections of the processes beside the web process, on each instance.
    pub background: u32,
    /// The instances that there may be under load.
    pub instances: u32,
    /// The connections that the database takes; `None` where it is somebody else's.
    pub limit: Option<u32>,
    /// The services whose databases are on the same server, each with an equal share of these connections.
    pub sharing: u32,
}

/// While a release is rolled out the slot runs beside the site, on the same instances.
const SITES: u32 = 2;

impl Workers {
    /// The connections when all of it is busy at once.
    pub const fn total(&self) -> u32 {
        self.web() + self.background * self.instances
    }

    const fn web(&self) -> u32 {
        self.processes * self.connections * self.instances * SITES
    }

    /// The connections that the database takes from this service.
    pub fn share(&self) -> Option<u32> {
        self.limit.map(|limit| limit / self.sharing.max(1))
    }

    /// Whether the database takes them all.
    pub fn fit(&self) -> bool {
        self.share().is_none_or(|share| self.total() <= share)
    }

    /// `2 workers × 5 connections × 3 instances × 2 (site and slot) = 60 of 844`
    pub fn arithmetic(&self) -> String {
        if self.connections == 0 {
            return "none opens a connection to a database".to_owned();
        }
        let limit = match (self.limit, self.share()) {
            (Some(limit), Some(share)) if share != limit => {
                format!(
                    " of {share}, the share of one of {} services in {limit}",
                    self.sharing
                )
            }
            (Some(limit), _) => format!(" of {limit}"),
            (None, _) => " of a database whose limit is not known here".to_owned(),
        };
        let background = match self.background {
            0 => String::new(),
            each => format!(
                ", and {each} × {} of processes beside it: {}",
                counted(self.instances, "instance"),
                self.total()
            ),
        };
        format!(
            "{} × {} × {} × {SITES} (site and slot) = {}{background}{limit}",
            counted(self.processes, "worker"),
            counted(self.connections, "connection"),
            counted(self.instances, "instance"),
            self.web(),
        )
    }
}

fn counted(count: u32, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sites_of_a_rollout_count_on_every_instance() {
        let workers = Workers {
            processes: 5,
            threads: 4,
            connections: 5,
            background: 0,
            instances: 6,
            limit: Some(299),
            sharing: 1,
        };
        assert_eq!(
            workers.arithmetic(),
            "5 workers × 5 connections × 6 instances × 2 (site and slot) = 300 of 299"
        );
        assert!(!workers.fit());
        let one_of_two = Workers {
            sharing: 2,
            limit: Some(844),
            ..workers.clone()
        };
        assert_eq!(
            one_of_two.arithmetic(),
            "5 workers × 5 connections × 6 instances × 2 (site and slot) = 300 of 422, the share of one of 2 services in 844"
        );
        assert!(one_of_two.fit());
        let with_celery = Workers {
            background: 3,
            limit: None,
            ..workers
        };
        assert_eq!(
            with_celery.arithmetic(),
            "5 workers × 5 connections × 6 instances × 2 (site and slot) = 300, and 3 × 6 instances of processes beside it: 318 \
             of a database whose limit is not known here"
        );
    }
}
