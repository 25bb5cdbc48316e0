/** The accounts of the demo city. Their password is no secret: `account.demo` keeps them out wherever demo mode is off. */
import type { Role } from './permissions.ts';

export const demoPassword = 'fundwatch-demo';

export const demoAccounts: readonly { readonly login: string; readonly role: Role; readonly name: string }[] =
  [
    { login: 'demo-inspector', role: 'inspector', name: '演示·稽核' },
    { login: 'demo-leader', role: 'leader', name: '演示·负责人' },
    { login: 'demo-author', role: 'rule_author', name: '演示·规则管理' },
    { login: 'demo-approver', role: 'rule_approver', name: '演示·规则审批' },
    { login: 'demo-officer', role: 'case_officer', name: '演示·案件承办' },
    { login: 'demo-legal', role: 'legal_reviewer', name: '演示·法制审核' },
    { login: 'demo-draw', role: 'draw_organiser', name: '演示·抽查组织' },
    { login: 'demo-credit', role: 'credit_officer', name: '演示·信用管理' },
    { login: 'demo-tips', role: 'tip_office', name: '演示·举报受理' },
    { login: 'demo-auditor', role: 'auditor', name: '演示·审计' },
    { login: 'demo-admin', role: 'administrator', name: '演示·系统管理' },
    { login: 'demo-hospital', role: 'institution', name: '演示·医药机构' },
  ];
