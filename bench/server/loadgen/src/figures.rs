//! Percentiles and rounding.

/// Sorted measurements.
#[derive(Debug, Default, Clone)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value below which the share `part` (0 to 1) of the samples lies; none of no samples.
    pub fn percentile(&self, part: f64) -> Option<f64> {
        let last = self.0.len().checked_sub(1)?;
        let value = self.0.get((last as f64 * part).round() as usize)?;
        Some(round(*value, 3))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A number with so many digits after the point.
pub fn round(value: f64, digits: i32) -> f64 {
    let factor = 10f64.powi(digits);
    (value * factor).round() / factor
}

#[cfg(test)]
mod tests {
    use super::Samples;

    #[test]
    fn percentiles_are_of_the_sorted_values() {
        let samples = Samples::new([5.0, 1.0, 3.0, 2.0, 4.0]);
        assert_eq!(samples.percentile(0.0), Some(1.0));
        assert_eq!(samples.percentile(0.5), Some(3.0));
        assert_eq!(samples.percentile(1.0), Some(5.0));
        assert_eq!(Samples::default().percentile(0.5), None);
    }
}
