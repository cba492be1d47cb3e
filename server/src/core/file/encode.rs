//! Writing images, so that none is stored larger than a file may be.

use super::kind::Kind;
use crate::error::{Error, Result};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ColorType, DynamicImage};
use shared::error::ErrorCode;

/// From the best to the least that is still good to look at.
const JPEG_QUALITIES: [u8; 2] = [90, 75];

/// Writes an image in at most `most` bytes. What was written with loss grows where it is written without; then a
/// photograph becomes a JPEG, and whatever is still too large becomes smaller.
///
/// # Errors
/// `payload_too_large` where not even a dot would fit.
pub(super) fn encode(kind: Kind, image: DynamicImage, most: usize) -> Result<(Kind, Vec<u8>)> {
    let mut image = with_usual_colours(image);
    let kept = write(kind, &image, JPEG_QUALITIES[0])?;
    if kept.len() <= most {
        return Ok((kind, kept));
    }
    let (kind, qualities) = match is_opaque(&image) {
        true => (Kind::Jpeg, &JPEG_QUALITIES[..]),
        false => (kind, &JPEG_QUALITIES[..1]),
    };
    loop {
        for quality in qualities {
            let bytes = write(kind, &image, *quality)?;
            if bytes.len() <= most {
                return Ok((kind, bytes));
            }
        }
        image = halved(&image).ok_or_else(too_large)?;
    }
}

pub(super) fn too_large() -> Error {
    Error::new(ErrorCode::PayloadTooLarge).with_detail("The image is larger than 10 MB.")
}

fn with_usual_colours(image: DynamicImage) -> DynamicImage {
    match image.color() {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => image,
        color if color.has_alpha() => image.into_rgba8().into(),
        _ => image.into_rgb8().into(),
    }
}

fn is_opaque(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageRgba8(image) => image.pixels().all(|pixel| pixel.0[3] == u8::MAX),
        DynamicImage::ImageLumaA8(image) => image.pixels().all(|pixel| pixel.0[1] == u8::MAX),
        other => !other.color().has_alpha(),
    }
}

fn write(kind: Kind, image: &DynamicImage, quality: u8) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let written = match kind {
        Kind::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
            match image.color() {
                ColorType::L8 | ColorType::Rgb8 => image.write_with_encoder(encoder),
                _ => DynamicImage::from(image.to_rgb8()).write_with_encoder(encoder),
            }
        }
        Kind::Webp => image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)),
        _ => image.write_with_encoder(PngEncoder::new(&mut bytes)),
    };
    written.map_err(Error::internal)?;
    Ok(bytes)
}

/// Half as wide and as high; none of a dot.
fn halved(image: &DynamicImage) -> Option<DynamicImage> {
    let (width, height) = (image.width(), image.height());
    if width <= 1 && height <= 1 {
        return None;
    }
    Some(image.thumbnail_exact((width / 2).max(1), (height / 2).max(1)))
}

#[cfg(test)]
mod tests {
    use super::encode;
    use crate::core::file::kind::Kind;
    use image::{DynamicImage, GenericImageView, RgbImage, Rgba, RgbaImage};
    use shared::error::ErrorCode;

    /// Noise, which nothing compresses, from a fixed start.
    fn noise(width: u32, height: u32) -> RgbImage {
        let mut state = 1_u32;
        RgbImage::from_fn(width, height, |_, _| {
            image::Rgb([0; 3].map(|_: u8| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            }))
        })
    }

    fn read(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory(bytes).unwrap()
    }

    #[test]
    fn what_fits_keeps_its_kind_and_its_pixels() {
        let image = DynamicImage::from(noise(40, 30));
        for kind in [Kind::Png, Kind::Webp] {
            let (written, bytes) = encode(kind, image.clone(), 10_000).unwrap();
            assert_eq!(written, kind);
            assert_eq!(read(&bytes).to_rgb8(), image.to_rgb8());
        }
    }

    #[test]
    fn a_photograph_that_would_grow_too_large_becomes_a_jpeg_of_the_same_size() {
        let image = noise(200, 100);
        let opaque = DynamicImage::ImageRgb8(image.clone()).to_rgba8();
        for image in [DynamicImage::from(image), DynamicImage::from(opaque)] {
            for kind in [Kind::Png, Kind::Webp] {
                let (written, bytes) = encode(kind, image.clone(), 40_000).unwrap();
                assert_eq!(written, Kind::Jpeg);
                assert!(bytes.len() <= 40_000);
                assert_eq!(read(&bytes).dimensions(), (200, 100));
            }
        }
    }

    #[test]
    fn what_is_still_too_large_becomes_smaller_and_stays_within_its_bound() {
        let image = noise(200, 100);
        let (kind, bytes) = encode(Kind::Jpeg, image.clone().into(), 5_000).unwrap();
        assert_eq!(kind, Kind::Jpeg);
        assert!(bytes.len() <= 5_000);
        let (width, height) = read(&bytes).dimensions();
        assert!(width == 2 * height && width < 200, "{width} x {height}");

        let clear = RgbaImage::from_fn(200, 100, |x, y| {
            let [red, green, blue] = image.get_pixel(x, y).0;
            Rgba([red, green, blue, 128])
        });
        let (kind, bytes) = encode(Kind::Png, clear.into(), 30_000).unwrap();
        assert_eq!(
            kind,
            Kind::Png,
            "what shines through goes on shining through"
        );
        assert!(bytes.len() <= 30_000);
        assert_eq!(read(&bytes).get_pixel(0, 0).0[3], 128);
    }

    #[test]
    fn a_bound_that_nothing_keeps_is_a_refusal() {
        let refused = encode(Kind::Png, noise(4, 4).into(), 10).unwrap_err();
        assert_eq!(refused.code, ErrorCode::PayloadTooLarge);
    }
}
