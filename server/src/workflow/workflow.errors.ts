import { defineErrors } from '../kit/errors/index.ts';

export const workflowErrors = defineErrors('workflow', {
  task_closed: {
    status: 409,
    zh: '该待办已由他人处理或已关闭',
    en: 'Somebody else has dealt with this, or it is closed',
  },
  not_assignee: { status: 403, zh: '您没有权限处理该待办', en: 'This task is not yours' },
  bad_action: { status: 400, zh: '此步骤不支持该操作', en: 'This step does not allow that' },
  bad_target: { status: 400, zh: '不能退回到所选的步骤', en: 'It cannot be sent back to that step' },
  not_returned: {
    status: 409,
    zh: '该申请没有被退回，不能重新提交',
    en: 'The application has not been sent back',
  },
  ended: { status: 409, zh: '该申请已经结束', en: 'The application has ended already' },
  not_initiator: { status: 403, zh: '只有申请人可以执行此操作', en: 'Only the applicant can do this' },
  bad_visit: { status: 409, zh: '该步骤已经处理过', en: 'This step has been dealt with already' },
  comment_required: { status: 400, zh: '请填写意见', en: 'Please give a reason' },
  bad_definition: { status: 400, zh: '流程定义有误：{problem}', en: 'The process is not sound: {problem}' },
  urged_recently: {
    status: 429,
    zh: '刚刚催办过，请稍后再试',
    en: 'You have just sent a reminder; try again later',
  },
});
