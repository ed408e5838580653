import { defineErrors } from '../kit/errors/index.ts';

export const hallErrors = defineErrors('hall', {
  not_for_you: { status: 403, zh: '您没有权限申请该事项', en: 'This service is not open to you' },
  not_online: { status: 409, zh: '该事项暂不支持在线办理', en: 'This service cannot be applied for online' },
  form_invalid: { status: 400, zh: '请检查标出的项目', en: 'Please check the marked fields' },
  bad_secret: { status: 400, zh: '请重新设置密码', en: 'Please set the password again' },
  duplicate_name: { status: 400, zh: '名称“{name}”重复', en: 'The name “{name}” appears twice' },
  bad_attachment: {
    status: 400,
    zh: '附件不存在，请重新上传',
    en: 'The attachment is gone; upload it again',
  },
  attachment_type: { status: 400, zh: '不支持此类文件', en: 'Files of this kind are not accepted' },
  attachment_missing: { status: 400, zh: '请选择要上传的文件', en: 'Choose a file to upload' },
});
