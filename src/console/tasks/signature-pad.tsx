/** A place to sign with a finger or a pen; what was drawn is a PNG in base64. */
import { Button } from 'antd';
import { type PointerEvent, useRef, useState } from 'react';
import { useText } from '../language.tsx';

/** Pixels of the picture; on the page it is as wide as there is room. */
const size = { width: 600, height: 220 };
const penPx = 4;

/** The form gives `id` and `onChange`. */
export function SignaturePad({
  id,
  onChange,
}: {
  id?: string;
  onChange?: (drawing: string | undefined) => void;
}) {
  const { t } = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDown = useRef(false);
  const [isEmpty, setEmpty] = useState(true);
  const pen = (event: PointerEvent<HTMLCanvasElement>) => {
    const held = canvas.current;
    const context = held?.getContext('2d');
    if (held === null || context === null || context === undefined) return null;
    const box = held.getBoundingClientRect();
    const x = ((event.clientX - box.left) * size.width) / box.width;
    const y = ((event.clientY - box.top) * size.height) / box.height;
    return { held, context, x, y };
  };
  return (
    <div className="signature-pad">
      <canvas
        ref={canvas}
        id={id}
        width={size.width}
        height={size.height}
        aria-label={t('check.signature_place')}
        role="img"
        onPointerDown={(event) => {
          const at = pen(event);
          if (at === null) return;
          at.held.setPointerCapture(event.pointerId);
          isDown.current = true;
          at.context.lineWidth = penPx;
          at.context.lineCap = 'round';
          at.context.lineJoin = 'round';
          at.context.beginPath();
          at.context.moveTo(at.x, at.y);
        }}
        onPointerMove={(event) => {
          const at = isDown.current ? pen(event) : null;
          if (at === null) return;
          at.context.lineTo(at.x, at.y);
          at.context.stroke();
          setEmpty(false);
        }}
        onPointerUp={() => {
          isDown.current = false;
          if (isEmpty) return;
          onChange?.(canvas.current?.toDataURL('image/png').split(',')[1]);
        }}
      />
      <Button
        disabled={isEmpty}
        onClick={() => {
          canvas.current?.getContext('2d')?.clearRect(0, 0, size.width, size.height);
          setEmpty(true);
          onChange?.(undefined);
        }}
      >
        {t('check.sign_again')}
      </Button>
    </div>
  );
}
