/** The key of the office: opened from its file, or made anew. What is secret of it stays in this page. */
import { Alert, Button, Card, Form, Input, Modal, Upload } from 'antd';
import { useState } from 'react';
import {
  fingerprintOf,
  type KeyPair,
  keyFileOf,
  keyFileSchema,
  newKeyPair,
  openKeyFile,
  passphraseCharsMin,
  publicKeyText,
} from '../../publicity/seal-contract.ts';
import type { OfficeKey } from '../../publicity/tips-contract.ts';
import { download } from '../download.ts';
import { FormModal } from '../form-modal.tsx';
import { useText } from '../language.tsx';
import { tipsApi, tipsKey } from '../tips-api.ts';

const keyFileBytesMax = 10_000;

export function OfficeKeyCard({
  current,
  keys,
  onKeys,
}: {
  current: OfficeKey | null;
  keys: KeyPair | null;
  onKeys: (keys: KeyPair | null) => void;
}) {
  const { t } = useText();
  const [shown, setShown] = useState<'open' | 'new' | null>(null);
  const close = (): void => setShown(null);
  return (
    <Card size="small" title={t('tip.key')}>
      <div className="publicity-row">
        <div className="publicity-words">
          <div className="number">
            {current === null
              ? t('tip.key_missing')
              : t('tip.key_since', { key: fingerprintOf(current.public_key), day: current.since })}
          </div>
          <div className="quiet number">
            {keys === null
              ? t('tip.key_closed')
              : t('tip.key_open', { key: fingerprintOf(publicKeyText(keys)) })}
          </div>
        </div>
        <div className="draw-acts">
          {keys === null ? (
            <Button size="small" type="primary" onClick={() => setShown('open')}>
              {t('tip.open_key')}
            </Button>
          ) : (
            <Button size="small" onClick={() => onKeys(null)}>
              {t('tip.close_key')}
            </Button>
          )}
          <Button size="small" onClick={() => setShown('new')}>
            {t('tip.new_key')}
          </Button>
        </div>
      </div>
      {shown === 'open' && <OpenKey onKeys={onKeys} onClose={close} />}
      {shown === 'new' && <NewKey onKeys={onKeys} onClose={close} />}
    </Card>
  );
}

type Handed = { onKeys: (keys: KeyPair) => void; onClose: () => void };

/** Nothing of it is sent anywhere. */
function OpenKey({ onKeys, onClose }: Handed) {
  const { t } = useText();
  const [file, setFile] = useState<File | null>(null);
  const [isWrong, setWrong] = useState(false);
  const [isOpening, setOpening] = useState(false);
  const [form] = Form.useForm<{ passphrase: string }>();
  const open = async (passphrase: string): Promise<void> => {
    setOpening(true);
    setWrong(false);
    const keys = file === null ? null : await keysIn(file, passphrase);
    setOpening(false);
    if (keys === null) setWrong(true);
    else {
      onKeys(keys);
      onClose();
    }
  };
  return (
    <Modal
      open
      title={t('tip.open_key')}
      confirmLoading={isOpening}
      okButtonProps={{ disabled: file === null }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ passphrase }) => void open(passphrase)}
      >
        <Form.Item label={t('tip.key_file')}>
          <Upload
            accept=".json"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
            onRemove={() => setFile(null)}
          >
            <Button>{t('tip.key_file')}</Button>
          </Upload>
        </Form.Item>
        <Form.Item
          label={t('tip.passphrase')}
          name="passphrase"
          rules={[{ required: true, message: t('credit.needed') }]}
        >
          <Input.Password autoComplete="off" />
        </Form.Item>
        {isWrong && <Alert type="error" showIcon title={t('tip.key_wrong')} />}
      </Form>
    </Modal>
  );
}

async function keysIn(file: File, passphrase: string): Promise<KeyPair | null> {
  if (file.size > keyFileBytesMax) return null;
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    // It is no JSON, so it is no key: whoever chose it is told.
    return null;
  }
  const parsed = keyFileSchema.safeParse(json);
  return parsed.success ? openKeyFile(parsed.data, passphrase) : null;
}

function NewKey({ onKeys, onClose }: Handed) {
  const { t } = useText();
  return (
    <FormModal
      isOpen
      changes={tipsKey}
      title={t('tip.new_key')}
      initialValues={{}}
      send={async ({ passphrase }: { passphrase: string; again: string }) => {
        const keys = newKeyPair();
        const publicKey = publicKeyText(keys);
        const file = await keyFileOf(keys, passphrase);
        // Before it is used: a key that nobody has would close every tip for ever.
        const name = `tip-key-${fingerprintOf(publicKey).replaceAll(' ', '')}.json`;
        download(name, 'application/json', JSON.stringify(file));
        await tipsApi.setKey(publicKey);
        return keys;
      }}
      onDone={onKeys}
      onClose={onClose}
    >
      <p className="quiet">{t('tip.new_key_note')}</p>
      <Form.Item
        label={t('tip.passphrase')}
        name="passphrase"
        rules={[{ required: true, min: passphraseCharsMin, message: t('tip.passphrase_short') }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        label={t('tip.passphrase_again')}
        name="again"
        dependencies={['passphrase']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value: unknown) =>
              value === getFieldValue('passphrase')
                ? Promise.resolve()
                : Promise.reject(new Error(t('tip.passphrase_differs'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </FormModal>
  );
}
