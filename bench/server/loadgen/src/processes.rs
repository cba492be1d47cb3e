//! CPU time and memory of processes, from the system.

use anyhow::{Context, Result};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What one process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu_seconds: f64,
    pub resident_kib: u64,
}

/// Reads one process again and again.
pub struct Watch {
    system: System,
    pid: Pid,
}

impl Watch {
    pub fn new(pid: u32) -> Self {
        Self {
            system: System::new(),
            pid: Pid::from_u32(pid),
        }
    }

    /// # Errors
    /// When the process is gone.
    pub fn read(&mut self) -> Result<Usage> {
        self.system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[self.pid]),
            false,
            ProcessRefreshKind::nothing().with_cpu().with_memory(),
        );
        let process = self
            .system
            .process(self.pid)
            .with_context(|| format!("process {} is gone", self.pid))?;
        Ok(Usage {
            cpu_seconds: process.accumulated_cpu_time() as f64 / 1_000.0,
            resident_kib: process.memory() / 1024,
        })
    }
}
