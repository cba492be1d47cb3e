//! Images are decoded and written anew: what is stored is pixels and nothing else, no place and camera, no second
//! document behind the first.

use super::encode::{encode, too_large};
use super::kind::{Kind, unsupported};
use crate::error::{Error, Result};
use gif::{ColorOutput, DecodeOptions, DisposalMethod, Frame, MemoryLimit};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use shared::error::ErrorCode;
use shared::limits::UPLOAD_BYTES;
use std::io::Cursor;

/// Pixels of an image at most.
const PIXELS: u64 = 40_000_000;
/// Pixels of all pictures of a moving image together.
const MOVING_PIXELS: u64 = 4 * PIXELS;
/// Twice the most pixels in the widest colours: what decoding may use.
const MEMORY: u64 = PIXELS * 16;

/// Writes an image anew, of the same kind unless that would be too large.
///
/// # Errors
/// `payload_too_large` for too many pixels, which is asked before anything is decoded; `unsupported_media_type`
/// for what cannot be decoded, and for what moves and would stand still.
pub(super) fn renew(kind: Kind, bytes: &[u8]) -> Result<(Kind, Vec<u8>)> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Webp => ImageFormat::WebP,
        Kind::Gif => return Ok((kind, renew_gif(bytes)?)),
        Kind::Pdf | Kind::Docx | Kind::Text | Kind::Markdown | Kind::Csv => {
            return Err(unsupported("The file is not an image."));
        }
    };
    refuse_moving(kind, bytes)?;
    encode(kind, decode(format, bytes)?, UPLOAD_BYTES)
}

/// Only GIF keeps its pictures. Of the others all but the first would be lost, and nobody would be told.
fn refuse_moving(kind: Kind, bytes: &[u8]) -> Result<()> {
    let bytes = Cursor::new(bytes);
    let is_moving = match kind {
        Kind::Webp => WebPDecoder::new(bytes).map_err(broken)?.has_animation(),
        Kind::Png => {
            let decoder = PngDecoder::new(bytes).map_err(broken)?;
            decoder.is_apng().map_err(broken)?
        }
        _ => false,
    };
    if is_moving {
        return Err(unsupported("A moving image can be sent as a GIF."));
    }
    Ok(())
}

fn broken<E: std::error::Error + Send + Sync + 'static>(cause: E) -> Error {
    unsupported("The image is damaged.").with_cause(cause)
}

fn too_many_pixels() -> Error {
    Error::new(ErrorCode::PayloadTooLarge).with_detail("The image has more than 40 megapixels.")
}

fn check_pixels(width: u32, height: u32) -> Result<()> {
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(too_many_pixels());
    }
    Ok(())
}

fn decode(format: ImageFormat, bytes: &[u8]) -> Result<DynamicImage> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format)
        .into_dimensions()
        .map_err(broken)?;
    check_pixels(width, height)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    // The metadata go, and with them what says which side is up: it is done to the pixels instead.
    let orientation = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Keeps the pictures, their times and their own colours: nothing is computed anew, so nothing gets worse.
fn renew_gif(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    // The size is judged right below, and no picture is larger than the whole.
    options.set_memory_limit(MemoryLimit::Unlimited);
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(broken)?;
    check_pixels(decoder.width().into(), decoder.height().into())?;
    let colours = decoder.global_palette().unwrap_or_default().to_vec();
    let mut renewed = Vec::new();
    let mut encoder = gif::Encoder::new(&mut renewed, decoder.width(), decoder.height(), &colours)
        .map_err(broken)?;
    encoder.set_repeat(decoder.repeat()).map_err(broken)?;
    let (mut pictures, mut pixels) = (0, 0);
    while let Some(picture) = decoder.read_next_frame().map_err(broken)? {
        pixels += u64::from(picture.width) * u64::from(picture.height);
        if pixels > MOVING_PIXELS {
            return Err(too_many_pixels());
        }
        encoder.write_frame(&plain(picture)).map_err(broken)?;
        pictures += 1;
    }
    drop(encoder);
    if pictures == 0 {
        return Err(unsupported("The image is empty."));
    }
    if renewed.len() > UPLOAD_BYTES {
        return Err(too_large());
    }
    Ok(renewed)
}

/// A picture with what it shows and nothing that waits for the viewer.
fn plain<'a>(picture: &'a Frame<'_>) -> Frame<'a> {
    Frame {
        delay: picture.delay,
        dispose: match picture.dispose {
            DisposalMethod::Any => DisposalMethod::Keep,
            other => other,
        },
        transparent: picture.transparent,
        needs_user_input: false,
        top: picture.top,
        left: picture.left,
        width: picture.width,
        height: picture.height,
        interlaced: false,
        palette: picture.palette.clone(),
        buffer: picture.buffer.as_ref().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::renew as renewed;
    use crate::core::file::kind::Kind;
    use crate::error::Result;
    use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage, RgbaImage};
    use shared::error::ErrorCode;
    use std::io::Cursor;

    /// The bytes of what stays of its kind.
    fn renew(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>> {
        let (same, bytes) = renewed(kind, bytes)?;
        assert_eq!(same, kind);
        Ok(bytes)
    }

    fn bytes(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gradient() -> DynamicImage {
        RgbImage::from_fn(8, 4, |x, y| {
            image::Rgb([
                u8::try_from(x * 30).unwrap(),
                u8::try_from(y * 60).unwrap(),
                9,
            ])
        })
        .into()
    }

    fn contains(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    /// A JPEG whose EXIF block says "turn a quarter" and where it was taken.
    fn turned_jpeg() -> Vec<u8> {
        let plain = bytes(&gradient(), ImageFormat::Jpeg);
        let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        tiff.extend(b"\x0e\x01\x02\0\x0d\0\0\0\x26\0\0\0");
        tiff.extend(b"\0\0\0\0SECRET PLACE\0");
        let mut block = b"Exif\0\0".to_vec();
        block.extend(tiff);
        let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
        let mut jpeg = plain[..2].to_vec();
        jpeg.extend(b"\xff\xe1");
        jpeg.extend(length);
        jpeg.extend(block);
        jpeg.extend(&plain[2..]);
        jpeg
    }

    #[test]
    fn pixels_stay_and_everything_else_goes() {
        let png = bytes(&gradient(), ImageFormat::Png);
        let mut loaded = png.clone();
        loaded.extend(b"<script>alert(1)</script>");
        let renewed = renew(Kind::Png, &loaded).unwrap();
        assert!(!contains(&renewed, b"script"));
        assert_eq!(image::load_from_memory(&renewed).unwrap(), gradient());

        let webp = bytes(&gradient(), ImageFormat::WebP);
        let renewed = renew(Kind::Webp, &webp).unwrap();
        assert_eq!(
            image::load_from_memory(&renewed).unwrap().to_rgb8(),
            gradient().to_rgb8()
        );
    }

    #[test]
    fn an_image_that_was_turned_by_its_metadata_stays_turned_without_them() {
        let jpeg = turned_jpeg();
        assert!(contains(&jpeg, b"SECRET PLACE"));
        let renewed = renew(Kind::Jpeg, &jpeg).unwrap();
        assert!(!contains(&renewed, b"SECRET PLACE") && !contains(&renewed, b"Exif"));
        assert_eq!(
            image::load_from_memory(&renewed).unwrap().dimensions(),
            (4, 8)
        );
    }

    #[test]
    fn wide_colours_become_usual_ones() {
        let wide = DynamicImage::ImageRgba16(gradient().to_rgba16());
        let renewed = renew(Kind::Png, &bytes(&wide, ImageFormat::Png)).unwrap();
        let renewed = image::load_from_memory(&renewed).unwrap();
        assert_eq!(
            renewed,
            DynamicImage::from(gradient().to_rgba8() as RgbaImage)
        );
    }

    #[test]
    fn a_moving_image_keeps_its_pictures_and_loses_its_remarks() {
        let colours = [0, 0, 0, 255, 255, 255];
        let mut moving = Vec::new();
        {
            let mut encoder = gif::Encoder::new(&mut moving, 2, 2, &colours).unwrap();
            encoder.set_repeat(gif::Repeat::Infinite).unwrap();
            for buffer in [[0, 1, 1, 0], [1, 0, 0, 1]] {
                let frame = gif::Frame {
                    width: 2,
                    height: 2,
                    delay: 7,
                    buffer: buffer.to_vec().into(),
                    ..gif::Frame::default()
                };
                encoder.write_frame(&frame).unwrap();
            }
            encoder
                .write_raw_extension(gif::AnyExtension(0xfe), &[b"SECRET REMARK"])
                .unwrap();
        }
        assert!(contains(&moving, b"SECRET REMARK"));
        let renewed = renew(Kind::Gif, &moving).unwrap();
        assert!(!contains(&renewed, b"SECRET"));
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::Indexed);
        let mut decoder = options.read_info(&renewed[..]).unwrap();
        assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
        for buffer in [[0, 1, 1, 0], [1, 0, 0, 1]] {
            let frame = decoder.read_next_frame().unwrap().unwrap();
            assert_eq!((frame.delay, &frame.buffer[..]), (7, &buffer[..]));
        }
        assert!(decoder.read_next_frame().unwrap().is_none());
    }

    fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding = vec![0; content.len() % 2];
        [&name[..], &length, content, &padding].concat()
    }

    /// A WebP of two pictures, each the gradient.
    fn moving_webp() -> Vec<u8> {
        let still = bytes(&gradient(), ImageFormat::WebP);
        let picture = &still[12..];
        let size = [7, 0, 0, 3, 0, 0];
        let head = [&[0x02, 0, 0, 0][..], &size].concat();
        let frame = [&[0; 6][..], &size, &[100, 0, 0, 0], picture].concat();
        let content = [
            b"WEBP".to_vec(),
            chunk(*b"VP8X", &head),
            chunk(*b"ANIM", &[0; 6]),
            chunk(*b"ANMF", &frame),
            chunk(*b"ANMF", &frame),
        ]
        .concat();
        chunk(*b"RIFF", &content)
    }

    /// A PNG whose header says that two pictures follow.
    fn moving_png() -> Vec<u8> {
        let still = bytes(&gradient(), ImageFormat::Png);
        let said = [&b"acTL"[..], &2_u32.to_be_bytes(), &0_u32.to_be_bytes()].concat();
        let control = [&8_u32.to_be_bytes()[..], &said, &crc32(&said).to_be_bytes()].concat();
        [&still[..33], &control, &still[33..]].concat()
    }

    #[test]
    fn what_moves_is_kept_moving_or_refused() {
        for (kind, moving) in [(Kind::Webp, moving_webp()), (Kind::Png, moving_png())] {
            image::load_from_memory(&moving).expect("others can read it");
            let refused = renewed(kind, &moving).unwrap_err();
            assert_eq!(refused.code, ErrorCode::UnsupportedMediaType, "{kind:?}");
            assert_eq!(
                refused.public_message(),
                "A moving image can be sent as a GIF."
            );
        }
    }

    #[test]
    fn too_many_pixels_are_refused_before_they_are_decoded() {
        // The head of a PNG that claims 40,000,001 × 1 pixels and holds none.
        let mut png = bytes(&gradient(), ImageFormat::Png);
        png[16..20].copy_from_slice(&6_325_u32.to_be_bytes());
        png[20..24].copy_from_slice(&6_325_u32.to_be_bytes());
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(
            renew(Kind::Png, &png).unwrap_err().code,
            ErrorCode::PayloadTooLarge
        );
        let mut gif = Vec::new();
        let frame = gif::Frame {
            width: 1,
            height: 1,
            buffer: vec![0].into(),
            ..gif::Frame::default()
        };
        gif::Encoder::new(&mut gif, 6_400, 6_400, &[0, 0, 0, 9, 9, 9])
            .unwrap()
            .write_frame(&frame)
            .unwrap();
        assert_eq!(
            renew(Kind::Gif, &gif).unwrap_err().code,
            ErrorCode::PayloadTooLarge
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for (kind, format) in [
            (Kind::Png, ImageFormat::Png),
            (Kind::Jpeg, ImageFormat::Jpeg),
            (Kind::Webp, ImageFormat::WebP),
        ] {
            let whole = bytes(&gradient(), format);
            let half = &whole[..whole.len() / 3];
            assert_eq!(
                renew(kind, half).unwrap_err().code,
                ErrorCode::UnsupportedMediaType,
                "{kind:?}"
            );
        }
        assert!(renew(Kind::Gif, b"GIF89a").is_err());
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
